# Who loses the connection keeps nick and place for a while, and gets what was said meanwhile, once.
> ann opens
> ann joins Ann
< ann: #1 welcome, Ann, to lobby after 0, with nothing
< ann: lobby 1 Ann joined
> bob opens
> bob joins Bob
< bob: #1 welcome, Bob, to lobby after 1, with Ann
< bob: history of lobby: 1 Ann joined
< ann, bob: lobby 2 Bob joined
> ann says One.
< ann, bob: lobby 3 Ann: One.
< ann: #2 posted as 3
> ann tells Bob Psst: one.
< kept for Bob: 1 Ann: Psst: one.
< bob: @Ann 1 Ann: Psst: one.
< ann: #3 posted as 1
> bob is lost
> ann says Two.
< ann: lobby 4 Ann: Two.
< ann: #4 posted as 4
> ann tells Bob Psst: two.
< kept for Bob: 2 Ann: Psst: two.
< ann: #5 posted as 2
> ann asks who
< ann: #6 Ann; Bob (Detached)
> wait 30s
> bob opens
> bob resumes having lobby 3, @Ann 1
< bob: #2 welcome back, Bob, in lobby 4
< bob: missed in lobby: 4 Ann: Two.
< bob: missed in @Ann: 2 Ann: Psst: two.
> ann says Three.
< ann, bob: lobby 5 Ann: Three.
< ann: #7 posted as 5
> bob is lost
> bob opens
> bob resumes having lobby 3
< bob: #3 welcome back, Bob, in lobby 5
< bob: missed in lobby: 4 Ann: Two.; 5 Ann: Three.
< bob: missed in @Ann: 1 Ann: Psst: one.; 2 Ann: Psst: two.
> wait 2m
> ann says Four.
< ann, bob: lobby 6 Ann: Four.
< ann: #8 posted as 6
