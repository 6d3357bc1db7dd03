# An offer goes on with the transfer of the same file to the same user only.
> ann opens
> ann joins Ann
< ann: #1 welcome, Ann, to lobby after 0, with nothing
< ann: lobby 1 Ann joined
> bob opens
> bob joins Bob
< bob: #1 welcome, Bob, to lobby after 1, with Ann
< bob: history of lobby: 1 Ann joined
< ann, bob: lobby 2 Bob joined
> cid opens
> cid joins Cid
< cid: #1 welcome, Cid, to lobby after 2, with Ann; Bob
< cid: history of lobby: 1 Ann joined; 2 Bob joined
< ann, bob, cid: lobby 3 Cid joined
> ann offers a.txt of 3 to @Bob
< ann: #2 transfer 1 may come from 0
> ann sends-bytes 2 at 0 of 1
< disk: transfer 1 goes on at 0
< ann: #3 taken to 2
> ann offers a.txt of 3 to @Cid
< ann: #4 transfer 2 may come from 0
> ann offers a.txt of 3 to @Bob
< ann: #5 transfer 1 may come from 2
