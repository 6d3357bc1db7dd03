# Messages may wait in so many conversations; those who are there can talk all the same.
= waiting_conversations_max 1
> ann opens
> ann joins Ann
< ann: #1 welcome, Ann, to lobby after 0, with nothing
< ann: lobby 1 Ann joined
> bob opens
> bob joins Bob
< bob: #1 welcome, Bob, to lobby after 1, with Ann
< bob: history of lobby: 1 Ann joined
< ann, bob: lobby 2 Bob joined
> ann tells Kim Wait for me.
< kept for Kim: 1 Ann: Wait for me.
< ann: #2 posted as 1, waiting
> ann tells Sue Wait for me.
< ann: #3 refused, MailFull: Too many messages wait already, for that user or in all.
> ann tells Kim I am late.
< kept for Kim: 2 Ann: I am late.
< ann: #4 posted as 2, waiting
> ann tells Bob We can talk.
< kept for Bob: 1 Ann: We can talk.
< bob: @Ann 1 Ann: We can talk.
< ann: #5 posted as 1
> bob is lost
> ann tells Bob Can we?
< ann: #6 refused, MailFull: Too many messages wait already, for that user or in all.
> kim opens
> kim joins Kim
< kim: #1 welcome, Kim, to lobby after 2, with Ann; Bob (Detached)
< kim: history of lobby: 1 Ann joined; 2 Bob joined
< ann, kim: lobby 3 Kim joined
< kim: waited from @Ann: 1 Ann: Wait for me.; 2 Ann: I am late.
> ann tells Bob Can we now?
< kept for Bob: 2 Ann: Can we now?
< ann: #7 posted as 2
