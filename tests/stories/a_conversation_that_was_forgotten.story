# Only so many conversations stay in memory: the one that rested longest makes place. Its numbers are never given again.
= conversations_max 1
= history none
> ann opens
> ann joins Ann
< ann: #1 welcome, Ann, to lobby after 0, with nothing
< ann: lobby 1 Ann joined
> bob opens
> bob joins Bob
< bob: #1 welcome, Bob, to lobby after 1, with Ann
< ann, bob: lobby 2 Bob joined
> eve opens
> eve joins Eve
< eve: #1 welcome, Eve, to lobby after 2, with Ann; Bob
< ann, bob, eve: lobby 3 Eve joined
> ann tells Bob One.
< kept for Bob: 1 Ann: One.
< bob: @Ann 1 Ann: One.
< ann: #2 posted as 1
> ann tells Eve One.
< kept for Eve: 2 Ann: One.
< eve: @Ann 2 Ann: One.
< ann: #3 posted as 2
> ann tells Bob Two.
< kept for Bob: 3 Ann: Two.
< bob: @Ann 3 Ann: Two.
< ann: #4 posted as 3
> bob asks history of @Ann
< bob: #2 page: 3 Ann: Two.
# A conversation in which something waits is not forgotten; when all are such, there is no place for another.
> bob is lost
> ann tells Bob Three.
< kept for Bob: 4 Ann: Three.
< ann: #5 posted as 4
> ann tells Eve Two.
< ann: #6 refused, MailFull: Too many messages wait already, for that user or in all.
> eve tells Kim One.
< eve: #2 refused, MailFull: Too many messages wait already, for that user or in all.
> bob opens
> bob resumes having @Ann 2
< bob: #3 welcome back, Bob, in lobby 3
< bob: missed in lobby: 2 Bob joined; 3 Eve joined
< bob: missed in @Ann: 3 Ann: Two.; 4 Ann: Three.
> ann tells Eve Two.
< kept for Eve: 5 Ann: Two.
< eve: @Ann 5 Ann: Two.
< ann: #7 posted as 5
