# Files on their way count with those that are kept, and with their sizes.
= files_kept_max 2
= files_bytes_max 10
= transfer_stall_ms 5000
> ann opens
> ann joins Ann
< ann: #1 welcome, Ann, to lobby after 0, with nothing
< ann: lobby 1 Ann joined
> bob opens
> bob joins Bob
< bob: #1 welcome, Bob, to lobby after 1, with Ann
< bob: history of lobby: 1 Ann joined
< ann, bob: lobby 2 Bob joined
> ann offers a.txt of 4 to lobby
< ann: #2 transfer 1 may come from 0
> ann sends-bytes 4 at 0 of 1
< disk: transfer 1 goes on at 0
< disk: transfer 1 is compared: a.txt of 4
> transfer 1 is kept as a.txt
< ann, bob: lobby 3 Ann sent a.txt (file 1 of 4)
< ann: #3 file 1 arrived as 3
> bob offers b.txt of 7 to lobby
< bob: #2 refused, FilesFull: The server keeps as many files as it can.
> bob offers b.txt of 6 to lobby
< bob: #3 transfer 2 may come from 0
> ann offers c.txt of 0 to lobby
< ann: #4 refused, FilesFull: The server keeps as many files as it can.
# Who goes takes along what it was sending, and nobody else's.
> ann quits
< bob: lobby 4 Ann left (Quit)
< ann: #5 done
> bob sends-bytes 1 at 0 of 2
< disk: transfer 2 goes on at 0
< bob: #4 taken to 1
# While the disk is full nobody can send, so that nothing is broken off for it.
> the disk is full for 10s
> bob sends-bytes 5 at 1 of 2
< disk: transfer 2 goes on at 1
< disk: transfer 2 is compared: b.txt of 6
