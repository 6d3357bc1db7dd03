# The operator cannot make two users' nicks one while the server runs.
= nick-case exact
> ann opens
> ann joins Ann
< ann: #1 welcome, Ann, to lobby after 0, with nothing
< ann: lobby 1 Ann joined
= nick-case fold
> bob opens
> bob joins ANN
< bob: #1 welcome, ANN, to lobby after 1, with Ann
< bob: history of lobby: 1 Ann joined
< ann, bob: lobby 2 ANN joined
