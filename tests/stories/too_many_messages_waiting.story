# Only so many messages wait for one user; more are refused, and none is lost.
= mail_max 2
> ann opens
> ann joins Ann
< ann: #1 welcome, Ann, to lobby after 0, with nothing
< ann: lobby 1 Ann joined
> ann tells Bob One.
< kept for Bob: 1 Ann: One.
< ann: #2 posted as 1, waiting
> ann tells Bob Two.
< kept for Bob: 2 Ann: Two.
< ann: #3 posted as 2, waiting
> ann tells Bob Three.
< ann: #4 refused, MailFull: Too many messages wait already, for that user or in all.
> bob opens
> bob joins Bob
< bob: #1 welcome, Bob, to lobby after 1, with Ann
< bob: history of lobby: 1 Ann joined
< ann, bob: lobby 2 Bob joined
< bob: waited from @Ann: 1 Ann: One.; 2 Ann: Two.
