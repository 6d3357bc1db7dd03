# Connections are counted where they come from, not where they are passed on.
= connections_per_address_max 2
= trust-relay 10.0.0.0/8
# Three more connections of the relay, which has not said yet whose they are, are not too many.
> Pia opens from 10.1.1.1:7
> Pat opens from 10.1.1.1:8
> Pam opens from 10.1.1.1:9
> Ann opens from 10.1.1.1:1
> Ann is relayed from 192.0.2.1:1
> Bob opens from 10.1.1.1:2
> Bob is relayed from 192.0.2.2:1
> Cyd opens from 10.1.1.1:3
> Cyd is relayed from 192.0.2.2:2
> Dan opens from 10.1.1.1:4
> Dan is relayed from 192.0.2.2:3
< Dan: goodbye, Crowded: There are too many connections from this address.
< Dan is hung up
> Bob is lost
> Eve opens from 10.1.1.1:5
> Eve is relayed from 192.0.2.2:4
