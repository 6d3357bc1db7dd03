# Whoever gets a nick does not get what was said to the one who had it, nor its files.
= absent store
> ann opens
> ann joins Ann
< ann: #1 welcome, Ann, to lobby after 0, with nothing
< ann: lobby 1 Ann joined
> bob opens
> bob joins Bob
< bob: #1 welcome, Bob, to lobby after 1, with Ann
< bob: history of lobby: 1 Ann joined
< ann, bob: lobby 2 Bob joined
> ann tells Bob The first secret.
< kept for Bob: 1 Ann: The first secret.
< bob: @Ann 1 Ann: The first secret.
< ann: #2 posted as 1
> ann offers a.txt of 3 to @Bob
< ann: #3 transfer 1 may come from 0
> ann sends-bytes 3 at 0 of 1
< disk: transfer 1 goes on at 0
< disk: transfer 1 is compared: a.txt of 3
> transfer 1 is kept as a.txt
< kept for Bob: 2 Ann sent a.txt (file 1 of 3)
< bob: @Ann 2 Ann sent a.txt (file 1 of 3)
< ann: #4 file 1 arrived as 2
> bob quits
< ann: lobby 3 Bob left (Quit)
< bob: #2 done
> eve opens
> eve joins Bob
< eve: #1 welcome, Bob, to lobby after 3, with Ann
< eve: history of lobby: 1 Ann joined; 2 Bob joined; 3 Bob left (Quit)
< ann, eve: lobby 4 Bob joined
> eve asks history of @Ann
< eve: #2 page: nothing
> eve fetches 1 at 0
< eve: #3 refused, NoFile: There is no such file.
> ann tells Bob To whom do I talk?
< kept for Bob: 3 Ann: To whom do I talk?
< eve: @Ann 3 Ann: To whom do I talk?
< ann: #5 posted as 3
> eve asks history of @Ann
< eve: #4 page: 3 Ann: To whom do I talk?
> eve fetches 1 at 0
< eve: #5 refused, NoFile: There is no such file.
