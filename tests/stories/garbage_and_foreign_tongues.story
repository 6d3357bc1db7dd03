# What is not understood is told, and three times in a row ends it; a foreign protocol ends it at once.
> ann opens
> ann sends garbage
< ann: #0 refused, Malformed: This was not understood.
> ann sends garbage
< ann: #0 refused, Malformed: This was not understood.
> ann sends garbage
< ann: goodbye, Malformed: Too many messages in a row were not understood.
< ann is hung up
> bob opens
> bob joins Bob
< bob: #1 welcome, Bob, to lobby after 0, with nothing
< bob: lobby 1 Bob joined
> bob sends garbage
< bob: #0 refused, Malformed: This was not understood.
> bob sends garbage
< bob: #0 refused, Malformed: This was not understood.
> bob says Sorry.
< bob: lobby 2 Bob: Sorry.
< bob: #2 posted as 2
> bob sends garbage
< bob: #0 refused, Malformed: This was not understood.
> bob sends garbage
< bob: #0 refused, Malformed: This was not understood.
> bob sends garbage
< bob: goodbye, Malformed: Too many messages in a row were not understood.
< bob is hung up
< nobody: lobby 3 Bob left (Malformed)
> eve opens
> eve sends foreign bytes
< eve: goodbye, Foreign: The peer does not speak this protocol, or not this version of it.
< eve is hung up
> kim opens
> kim joins Kim
< kim: #1 welcome, Kim, to lobby after 3, with nothing
< kim: history of lobby: 1 Bob joined; 2 Bob: Sorry.; 3 Bob left (Malformed)
< kim: lobby 4 Kim joined
> kim sends foreign bytes
< kim: goodbye, Foreign: The peer does not speak this protocol, or not this version of it.
< kim is hung up
< nobody: lobby 5 Kim left (Foreign)
