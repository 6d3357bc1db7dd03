# What waited too long for a nick that nobody has makes place for what is said now.
= mail_max 1
= mail_age_ms 10000
> ann opens
> ann joins Ann
< ann: #1 welcome, Ann, to lobby after 0, with nothing
< ann: lobby 1 Ann joined
> ann tells Bob First.
< kept for Bob: 1 Ann: First.
< ann: #2 posted as 1, waiting
> wait 9s
> ann tells Bob Second.
< ann: #3 refused, MailFull: Too many messages wait already, for that user or in all.
> wait 2s
> ann tells Bob Third.
< kept for Bob: 2 Ann: Third.
< ann: #4 posted as 2, waiting
> bob opens
> bob joins Bob
< bob: #1 welcome, Bob, to lobby after 1, with Ann
< bob: history of lobby: 1 Ann joined
< ann, bob: lobby 2 Bob joined
< bob: waited from @Ann: 2 Ann: Third.
