# One address has so many connections; closing one makes place.
= connections_per_address_max 1
> ann opens from 10.0.0.1:1000
> bob opens from 10.0.0.1:1001
< bob: goodbye, Crowded: There are too many connections from this address.
< bob is hung up
> eve opens from 10.0.0.2:1000
> ann is lost
> bob opens from 10.0.0.1:1002
