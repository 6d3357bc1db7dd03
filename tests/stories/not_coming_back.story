# Who does not return in time has left; what was said to him meanwhile waits for the nick.
> ann opens
> ann joins Ann
< ann: #1 welcome, Ann, to lobby after 0, with nothing
< ann: lobby 1 Ann joined
> bob opens
> bob joins Bob
< bob: #1 welcome, Bob, to lobby after 1, with Ann
< bob: history of lobby: 1 Ann joined
< ann, bob: lobby 2 Bob joined
> bob is lost
> ann tells Bob Come back!
< kept for Bob: 1 Ann: Come back!
< ann: #2 posted as 1
> wait 60s
< ann: lobby 3 Bob left (Lost)
> bob opens
> bob resumes
< bob: #2 refused, SessionOver: The session is over; please join again.
> bob joins Bob
< bob: #3 welcome, Bob, to lobby after 3, with Ann
< bob: history of lobby: 1 Ann joined; 2 Bob joined; 3 Bob left (Lost)
< ann, bob: lobby 4 Bob joined
< bob: waited from @Ann: 1 Ann: Come back!
