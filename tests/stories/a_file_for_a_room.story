# A file is told of when all of it is there and is what was promised.
> ann opens
> ann joins Ann
< ann: #1 welcome, Ann, to lobby after 0, with nothing
< ann: lobby 1 Ann joined
> bob opens
> bob joins Bob
< bob: #1 welcome, Bob, to lobby after 1, with Ann
< bob: history of lobby: 1 Ann joined
< ann, bob: lobby 2 Bob joined
> ann offers notes/cool.txt of 5 to lobby
< ann: #2 transfer 1 may come from 0
> ann says I talk meanwhile.
< ann, bob: lobby 3 Ann: I talk meanwhile.
< ann: #3 posted as 3
> ann sends-bytes 3 at 0 of 1
< disk: transfer 1 goes on at 0
< ann: #4 taken to 3
# Bytes that do not go on where the others end are not taken.
> ann sends-bytes 2 at 0 of 1
< ann: #5 taken to 3
> ann sends-bytes 9 at 3 of 1
< ann: #6 taken to 3
# How far is it?
> ann sends-bytes 0 at 0 of 1
< ann: #7 taken to 3
# Nobody else can send them, or break the transfer off.
> bob sends-bytes 2 at 3 of 1
< bob: #2 refused, TransferOver: There is no such transfer, or it was broken off.
> bob cancels 1
< bob: #3 refused, TransferOver: There is no such transfer, or it was broken off.
> ann sends-bytes 2 at 3 of 1
< disk: transfer 1 goes on at 3
< disk: transfer 1 is compared: cool.txt of 5
> ann cancels 1
< ann: #9 refused, FileWhole: All of the file is there already.
> transfer 1 is kept as cool.txt: I am on a light diet.
< ann, bob: lobby 4 Ann sent cool.txt (file 1 of 5): I am on a light diet.
< ann: #8 file 1 arrived as 4
# Whoever asks again hears it again, also by the number of the latest transfer.
> ann sends-bytes 0 at 5 of 1
< ann: #10 file 1 arrived as 4
> ann sends-bytes 0 at 5 of 0
< ann: #11 file 1 arrived as 4
> bob fetches 1 at 0
< bob: #4 from the disk: 5 of cool.txt at 0
> bob fetches 1 at 5
< bob: #5 from the disk: 0 of cool.txt at 5
> bob fetches 2 at 0
< bob: #6 refused, NoFile: There is no such file.
# Who comes later has it in the history, and may fetch it.
> cyd opens
> cyd fetches 1 at 0
< cyd: #1 refused, NotJoined: Please join first.
> cyd joins Cyd
< cyd: #2 welcome, Cyd, to lobby after 4, with Ann; Bob
< cyd: history of lobby: 1 Ann joined; 2 Bob joined; 3 Ann: I talk meanwhile.; 4 Ann sent cool.txt (file 1 of 5): I am on a light diet.
< ann, bob, cyd: lobby 5 Cyd joined
> cyd fetches 1 at 0
< cyd: #3 from the disk: 5 of cool.txt at 0
> cyd leaves lobby
< cyd: #4 done
< ann, bob: lobby 6 Cyd went out
> cyd fetches 1 at 0
< cyd: #5 refused, NoFile: There is no such file.
