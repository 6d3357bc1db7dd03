# Who asks nothing in time, and who shows no life, is told and closed; a sign of life is enough.
> ann opens
> wait 2m
< ann: goodbye, NotJoining: Nothing was asked in the time that there was for it.
< ann is hung up
> bob opens
> bob joins Bob
< bob: #1 welcome, Bob, to lobby after 0, with nothing
< bob: lobby 1 Bob joined
> wait 5m
< bob: are you there?
> bob pings
< bob: #2 pong
> wait 9m
< bob: are you there?
> bob says Here.
< bob: lobby 2 Bob: Here.
< bob: #3 posted as 2
> wait 10m
< bob: are you there?
< bob: goodbye, Idle: Nothing was heard for too long.
< bob is hung up
< nobody: lobby 3 Bob left (Idle)
> bob opens
> bob joins Bob
< bob: #4 welcome, Bob, to lobby after 3, with nothing
< bob: history of lobby: 1 Bob joined; 2 Bob: Here.; 3 Bob left (Idle)
< bob: lobby 4 Bob joined
> bob quits
< nobody: lobby 5 Bob left (Quit)
< bob: #5 done
> wait 2m
> cleo opens
> cleo asks report
< cleo: #1 0 active: nothing
> wait 20m
< bob: are you there?
< cleo: are you there?
< bob: goodbye, Idle: Nothing was heard for too long.
< bob is hung up
< cleo: goodbye, Idle: Nothing was heard for too long.
< cleo is hung up
