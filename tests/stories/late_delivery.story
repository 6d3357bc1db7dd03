# A private message to an absent user waits, and is delivered once, in order, on joining.
> ann opens
> ann joins Ann
< ann: #1 welcome, Ann, to lobby after 0, with nothing
< ann: lobby 1 Ann joined
> ann tells Bob First.
< kept for Bob: 1 Ann: First.
< ann: #2 posted as 1, waiting
> ann tells bob Second.
< kept for bob: 2 Ann: Second.
< ann: #3 posted as 2, waiting
> bob opens
> bob joins Bob
< bob: #1 welcome, Bob, to lobby after 1, with Ann
< bob: history of lobby: 1 Ann joined
< ann, bob: lobby 2 Bob joined
< bob: waited from @Ann: 1 Ann: First.; 2 Ann: Second.
> bob quits
< ann: lobby 3 Bob left (Quit)
< bob: #2 done
> bob joins Bob
< bob: #3 welcome, Bob, to lobby after 3, with Ann
< bob: history of lobby: 1 Ann joined; 2 Bob joined; 3 Bob left (Quit)
< ann, bob: lobby 4 Bob joined
> bob tells Ann I have read it.
< kept for Ann: 3 Bob: I have read it.
< ann: @Bob 3 Bob: I have read it.
< bob: #4 posted as 3
> ann tells Bob Good.
< kept for Bob: 4 Ann: Good.
< bob: @Ann 4 Ann: Good.
< ann: #4 posted as 4
