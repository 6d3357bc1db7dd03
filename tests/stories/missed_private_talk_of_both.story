# A conversation that went on without a client is the other's, though its own words come first.
> ann opens
> ann joins Ann
< ann: #1 welcome, Ann, to lobby after 0, with nothing
< ann: lobby 1 Ann joined
> bob opens
> bob joins Bob
< bob: #1 welcome, Bob, to lobby after 1, with Ann
< bob: history of lobby: 1 Ann joined
< ann, bob: lobby 2 Bob joined
> bob tells Ann Are you there?
< kept for Ann: 1 Bob: Are you there?
< ann: @Bob 1 Bob: Are you there?
< bob: #2 posted as 1
> ann tells bob Yes.
< kept for Bob: 2 Ann: Yes.
< bob: @Ann 2 Ann: Yes.
< ann: #2 posted as 2
> bob is lost
> bob opens
> bob resumes
< bob: #3 welcome back, Bob, in lobby 2
< bob: history of lobby: 1 Ann joined
< bob: missed in lobby: 2 Bob joined
< bob: missed in @Ann: 1 Bob: Are you there?; 2 Ann: Yes.
