> ann opens
> ann joins Ann
< ann: #1 welcome, Ann, to lobby after 0, with nothing
< ann: lobby 1 Ann joined
> ann offers nothing.txt of 0 to lobby
< ann: #2 transfer 1 may come from 0
< disk: transfer 1 is compared: nothing.txt of 0
> ann sends-bytes 0 at 0 of 1
> transfer 1 is kept as nothing.txt
< ann: lobby 2 Ann sent nothing.txt (file 1 of 0)
< ann: #3 file 1 arrived as 2
