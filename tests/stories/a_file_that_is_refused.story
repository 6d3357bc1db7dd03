= file_bytes_max 100
= files_kept_max 5
= transfers_per_session_max 2
= absent error
> ann opens
> ann offers a.txt of 5 to lobby
< ann: #1 refused, NotJoined: Please join first.
> ann sends-bytes 5 at 0 of 1
< ann: #2 refused, NotJoined: Please join first.
> ann cancels 1
< ann: #3 refused, NotJoined: Please join first.
> ann fetches 1 at 0
< ann: #4 refused, NotJoined: Please join first.
> ann joins Ann
< ann: #5 welcome, Ann, to lobby after 0, with nothing
< ann: lobby 1 Ann joined
> ann offers a.txt of 5 to nowhere
< ann: #6 refused, NotInRoom: You are not in that room.
> ann offers a.txt of 5 to @x:y
< ann: #7 refused, NickBad: A nick has 1 to 20 characters and no white space, control character or any of : , @ # / ! &.
> ann offers a.txt of 5 to @Ann
< ann: #8 refused, ToItself: This is your own nick.
> ann offers a.txt of 5 to @Dan
< ann: #9 refused, Absent: There is no user of that nick.
> ann offers .. of 5 to lobby
< ann: #10 refused, FileNameBad: A file's name has 1 to 100 characters, no control characters and none of / \ : * ? " < > |, does not begin or end with a dot or a space, and is no name of a device such as nul or com1.
> ann offers nul.txt of 5 to lobby
< ann: #11 refused, FileNameBad: A file's name has 1 to 100 characters, no control characters and none of / \ : * ? " < > |, does not begin or end with a dot or a space, and is no name of a device such as nul or com1.
> ann offers a.txt of 101 to lobby
< ann: #12 refused, FileLarge: The file is too large.
> ann offers a.txt of 5 to lobby
< ann: #13 transfer 1 may come from 0
> ann offers b.txt of 5 to lobby
< ann: #14 transfer 2 may come from 0
> ann offers c.txt of 5 to lobby
< ann: #15 refused, TransfersEnough: Too many files are on their way already; please wait for one to arrive.
# What is under way already goes on where it is.
> ann sends-bytes 2 at 0 of 1
< disk: transfer 1 goes on at 0
< ann: #16 taken to 2
> ann offers a.txt of 5 to lobby
< ann: #17 transfer 1 may come from 2
> ann cancels 2
< disk: transfer 2 is discarded
< ann: #18 done
> ann cancels 2
< ann: #19 refused, TransferOver: There is no such transfer, or it was broken off.
= files_bytes_max 8
> ann offers c.txt of 5 to lobby
< ann: #20 refused, FilesFull: The server keeps as many files as it can.
> bob opens
> bob joins Bob
< bob: #1 welcome, Bob, to lobby after 1, with Ann
< bob: history of lobby: 1 Ann joined
< ann, bob: lobby 2 Bob joined
> bob shows the key
< bob: #2 done
> bob mutes Ann for 10s
< bob: #3 done
< ann, bob: lobby 3 Ann is muted until 0:10
> ann sends-bytes 3 at 2 of 1
< ann: #21 refused for 10s, Muted: You are muted.
> ann offers d.txt of 1 to lobby
< ann: #22 refused for 10s, Muted: You are muted.
