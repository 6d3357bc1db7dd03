# Texts wait as long as they fit to the last byte: two of 5 bytes, with 64 bytes each for what is about them.
= kept_bytes_max 138
> ann opens
> ann joins Ann
< ann: #1 welcome, Ann, to lobby after 0, with nothing
< ann: lobby 1 Ann joined
> ann tells Bob First
< kept for Bob: 1 Ann: First
< ann: #2 posted as 1, waiting
> ann tells Bob Then.
< kept for Bob: 2 Ann: Then.
< ann: #3 posted as 2, waiting
> ann tells Bob !
< ann: #4 refused, MailFull: Too many messages wait already, for that user or in all.
