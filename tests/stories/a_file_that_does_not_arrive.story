= transfer_stall_ms 30000
> ann opens
> ann joins Ann
< ann: #1 welcome, Ann, to lobby after 0, with nothing
< ann: lobby 1 Ann joined
> bob opens
> bob joins Bob
< bob: #1 welcome, Bob, to lobby after 1, with Ann
< bob: history of lobby: 1 Ann joined
< ann, bob: lobby 2 Bob joined
# Other bytes than were promised.
> ann offers a.txt of 3 to lobby
< ann: #2 transfer 1 may come from 0
> ann sends-bytes 3 at 0 of 1
< disk: transfer 1 goes on at 0
< disk: transfer 1 is compared: a.txt of 3
> transfer 1 is damaged
< ann: #3 refused, FileDamaged: The file did not arrive as it was sent.
# A disk that is full, early and late.
> ann offers b.txt of 3 to lobby
< ann: #4 transfer 2 may come from 0
> ann sends-bytes 1 at 0 of 2
< disk: transfer 2 goes on at 0
< ann: #5 taken to 1
> transfer 2 has no space
< disk: transfer 2 is discarded
> ann sends-bytes 2 at 1 of 2
< ann: #6 refused, StorageFull: The server's disk is full or failing: nothing can be kept now; please try again later.
> ann offers b.txt of 3 to lobby
< ann: #7 transfer 3 may come from 0
> ann sends-bytes 3 at 0 of 3
< disk: transfer 3 goes on at 0
< disk: transfer 3 is compared: b.txt of 3
> transfer 3 has no space
< ann: #8 refused, StorageFull: The server's disk is full or failing: nothing can be kept now; please try again later.
# Nothing comes any more.
> ann offers c.txt of 3 to lobby
< ann: #9 transfer 4 may come from 0
> ann sends-bytes 1 at 0 of 4
< disk: transfer 4 goes on at 0
< ann: #10 taken to 1
> wait 31s
< disk: transfer 4 is discarded
> ann sends-bytes 1 at 1 of 4
< ann: #11 refused, TransferOver: There is no such transfer, or it was broken off.
# The room or the recipient is left, or the owner muted, before the file is compared.
> ann enters tea
< ann: #12 in tea after 0
< ann: tea 1 Ann came in
> ann offers d.txt of 3 to tea
< ann: #13 transfer 5 may come from 0
> ann sends-bytes 3 at 0 of 5
< disk: transfer 5 goes on at 0
< disk: transfer 5 is compared: d.txt of 3
> ann leaves tea
< ann: #15 done
< nobody: tea 2 Ann went out
> transfer 5 is kept as d.txt
< disk: d.txt is removed
< ann: #14 refused, NotInRoom: You are not in that room.
> bob shows the key
< bob: #2 done
> ann offers e.txt of 3 to lobby
< ann: #16 transfer 6 may come from 0
> ann sends-bytes 3 at 0 of 6
< disk: transfer 6 goes on at 0
< disk: transfer 6 is compared: e.txt of 3
> bob mutes Ann for 1s
< bob: #3 done
< ann, bob: lobby 3 Ann is muted until 0:32
> transfer 6 is kept as e.txt
< disk: e.txt is removed
< ann: #17 refused, Muted: You are muted.
> wait 5s
< ann, bob: lobby 4 Ann may talk again
# The owner goes.
> ann offers f.txt of 3 to lobby
< ann: #18 transfer 7 may come from 0
> ann offers g.txt of 3 to lobby
< ann: #19 transfer 8 may come from 0
> ann sends-bytes 3 at 0 of 7
< disk: transfer 7 goes on at 0
< disk: transfer 7 is compared: f.txt of 3
> ann quits
< bob: lobby 5 Ann left (Quit)
< ann: #21 done
< ann: #20 refused, SessionOver: The session is over; please join again.
< disk: transfer 8 is discarded
> transfer 7 is kept as f.txt
< disk: f.txt is removed
> transfer 8 is damaged
