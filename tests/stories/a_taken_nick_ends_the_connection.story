# Seed 002: whose nick is taken is told so, and the connection ends; the nick stays whose it is.
= profile tata
> tesla opens
> tesla joins tesla
< tesla: #1 welcome, tesla, to lobby after 0, with nothing
< tesla: lobby 1 tesla joined
> albert opens
> albert joins tesla
< albert: goodbye, NickTaken: Another user is using this username.
< albert is hung up
> tesla says to lobby: hello
< tesla: lobby 2 tesla: to lobby: hello
< tesla: #2 posted as 2
