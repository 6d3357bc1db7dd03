# The welcome was lost with the connection: the client joins again with its token and is the same user, not a second one.
> bob opens
> bob joins Bob
< bob: #1 welcome, Bob, to lobby after 0, with nothing
< bob: lobby 1 Bob joined
> ann opens
> ann joins Ann
< ann: #1 welcome, Ann, to lobby after 1, with Bob
< ann: history of lobby: 1 Bob joined
< bob, ann: lobby 2 Ann joined
> ann is lost
> ann opens
> ann joins Ann
< ann: #2 welcome back, Ann, in lobby 2
< ann: history of lobby: 1 Bob joined
< ann: missed in lobby: 2 Ann joined
> ann asks report
< ann: #3 2 active: Ann at 127.0.0.1:5002 since 0:00; Bob at 127.0.0.1:5001 since 0:00
