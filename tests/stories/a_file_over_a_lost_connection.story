# A transfer outlives the connection with its session, and goes on where it was.
> ann opens
> ann joins Ann
< ann: #1 welcome, Ann, to lobby after 0, with nothing
< ann: lobby 1 Ann joined
> ann offers a.txt of 5 to lobby
< ann: #2 transfer 1 may come from 0
> ann sends-bytes 2 at 0 of 1
< disk: transfer 1 goes on at 0
< ann: #3 taken to 2
> ann is lost
> ann opens
> ann resumes
< ann: #4 welcome back, Ann, in lobby 1
< ann: missed in lobby: 1 Ann joined
> ann offers a.txt of 5 to lobby
< ann: #5 transfer 1 may come from 2
> ann sends-bytes 3 at 2 of 1
< disk: transfer 1 goes on at 2
< disk: transfer 1 is compared: a.txt of 5
# The end is awaited over a new connection, too.
> ann is lost
> ann opens
> ann resumes
< ann: #7 welcome back, Ann, in lobby 1
< ann: missed in lobby: 1 Ann joined
> ann offers a.txt of 5 to lobby
< ann: #8 transfer 1 may come from 5
> ann sends-bytes 0 at 5 of 1
< ann: #6 taken to 5
> ann sends-bytes 0 at 5 of 1
< ann: #9 taken to 5
> transfer 1 is kept as a.txt
< ann: lobby 2 Ann sent a.txt (file 1 of 5)
< ann: #10 file 1 arrived as 2
# A server that starts again goes on with what is on its disk.
> ann offers b.txt of 5 to lobby
< ann: #11 transfer 2 may come from 0
> ann sends-bytes 3 at 0 of 2
< disk: transfer 2 goes on at 0
< ann: #12 taken to 3
> ann offers c.txt of 5 to lobby
< ann: #13 transfer 3 may come from 0
> ann sends-bytes 5 at 0 of 3
< disk: transfer 3 goes on at 0
< disk: transfer 3 is compared: c.txt of 5
> ann offers d.txt of 5 to lobby
< ann: #15 transfer 4 may come from 0
> ann sends-bytes 5 at 0 of 4
< disk: transfer 4 goes on at 0
< disk: transfer 4 is compared: d.txt of 5
> the server restarts
> transfer 2 reopens with 1
> transfer 3 reopens with 4
> transfer 4 reopens with 5
< disk: transfer 4 is compared: d.txt of 5
> ann opens
> ann resumes
< ann: #17 welcome back, Ann, in lobby 2
< ann: missed in lobby: 1 Ann joined; 2 Ann sent a.txt (file 1 of 5)
> ann offers b.txt of 5 to lobby
< ann: #18 transfer 2 may come from 1
> ann offers c.txt of 5 to lobby
< ann: #19 transfer 3 may come from 4
> ann offers d.txt of 5 to lobby
< ann: #20 transfer 4 may come from 5
> ann sends-bytes 0 at 5 of 4
< ann: #16 taken to 5
> transfer 4 is kept as d.txt
< ann: lobby 3 Ann sent d.txt (file 4 of 5)
< ann: #21 file 4 arrived as 3
# A session that is over takes its transfers along.
> ann is lost
> the server restarts
> wait 70s
< nobody: lobby 4 Ann left (Lost)
< disk: transfer 2 is discarded
< disk: transfer 3 is discarded
