# A client without a resume token leaves with its connection.
> ann opens
> ann joins Ann
< ann: #1 welcome, Ann, to lobby after 0, with nothing
< ann: lobby 1 Ann joined
> bob opens without token
> bob joins Bob
< bob: #1 welcome, Bob, to lobby after 1, with Ann
< bob: history of lobby: 1 Ann joined
< ann, bob: lobby 2 Bob joined
> bob is lost
< ann: lobby 3 Bob left (Lost)
> bob opens without token
> bob joins Bob
< bob: #2 welcome, Bob, to lobby after 3, with Ann
< bob: history of lobby: 1 Ann joined; 2 Bob joined; 3 Bob left (Lost)
< ann, bob: lobby 4 Bob joined
> bob is slow
< bob is hung up
< ann: lobby 5 Bob left (TooSlow)
> bob opens without token
> bob joins Bob
< bob: #3 welcome, Bob, to lobby after 5, with Ann
< bob: history of lobby: 1 Ann joined; 2 Bob joined; 3 Bob left (Lost); 4 Bob joined; 5 Bob left (TooSlow)
< ann, bob: lobby 6 Bob joined
> the server stops
< ann: goodbye, Stopping: The server is stopping.
< ann is hung up
< bob: goodbye, Stopping: The server is stopping.
< bob is hung up
< nobody: lobby 7 Bob left (Stopping)
