# What came of the latest eight transfers is told again, of older ones no more.
> ann opens
> ann joins Ann
< ann: #1 welcome, Ann, to lobby after 0, with nothing
< ann: lobby 1 Ann joined
> ann offers 1.txt of 0 to lobby
< ann: #2 transfer 1 may come from 0
< disk: transfer 1 is compared: 1.txt of 0
> transfer 1 is kept as 1.txt
< ann: lobby 2 Ann sent 1.txt (file 1 of 0)
> ann offers 2.txt of 0 to lobby
< ann: #3 transfer 2 may come from 0
< disk: transfer 2 is compared: 2.txt of 0
> transfer 2 is kept as 2.txt
< ann: lobby 3 Ann sent 2.txt (file 2 of 0)
> ann offers 3.txt of 0 to lobby
< ann: #4 transfer 3 may come from 0
< disk: transfer 3 is compared: 3.txt of 0
> transfer 3 is kept as 3.txt
< ann: lobby 4 Ann sent 3.txt (file 3 of 0)
> ann offers 4.txt of 0 to lobby
< ann: #5 transfer 4 may come from 0
< disk: transfer 4 is compared: 4.txt of 0
> transfer 4 is kept as 4.txt
< ann: lobby 5 Ann sent 4.txt (file 4 of 0)
> ann offers 5.txt of 0 to lobby
< ann: #6 transfer 5 may come from 0
< disk: transfer 5 is compared: 5.txt of 0
> transfer 5 is kept as 5.txt
< ann: lobby 6 Ann sent 5.txt (file 5 of 0)
> ann offers 6.txt of 0 to lobby
< ann: #7 transfer 6 may come from 0
< disk: transfer 6 is compared: 6.txt of 0
> transfer 6 is kept as 6.txt
< ann: lobby 7 Ann sent 6.txt (file 6 of 0)
> ann offers 7.txt of 0 to lobby
< ann: #8 transfer 7 may come from 0
< disk: transfer 7 is compared: 7.txt of 0
> transfer 7 is kept as 7.txt
< ann: lobby 8 Ann sent 7.txt (file 7 of 0)
> ann offers 8.txt of 0 to lobby
< ann: #9 transfer 8 may come from 0
< disk: transfer 8 is compared: 8.txt of 0
> transfer 8 is kept as 8.txt
< ann: lobby 9 Ann sent 8.txt (file 8 of 0)
> ann sends-bytes 0 at 0 of 1
< ann: #10 file 1 arrived as 2
> ann offers 9.txt of 0 to lobby
< ann: #11 transfer 9 may come from 0
< disk: transfer 9 is compared: 9.txt of 0
> transfer 9 is kept as 9.txt
< ann: lobby 10 Ann sent 9.txt (file 9 of 0)
> ann sends-bytes 0 at 0 of 1
< ann: #12 refused, TransferOver: There is no such transfer, or it was broken off.
> ann sends-bytes 0 at 0 of 2
< ann: #13 file 2 arrived as 3
