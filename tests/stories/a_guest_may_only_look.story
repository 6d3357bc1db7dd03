# A guest has a connection and no nick: it may ask for the report, join, return or go; and act, were it an operator.
> ann opens
> ann asks report
< ann: #1 0 active: nothing
> ann pings
< ann: #2 pong
> ann says Hello?
< ann: #3 refused, NotJoined: Please join first.
> ann tells Bob Hello?
< ann: #4 refused, NotJoined: Please join first.
> ann enters games
< ann: #5 refused, NotJoined: Please join first.
> ann leaves lobby
< ann: #6 refused, NotJoined: Please join first.
> ann asks who
< ann: #7 refused, NotJoined: Please join first.
> ann asks rooms
< ann: #8 refused, NotJoined: Please join first.
> ann asks history of lobby
< ann: #9 refused, NotJoined: Please join first.
> ann quits
< ann: #10 refused, NotJoined: Please join first.
> ann shows a wrong key
< ann: #11 refused, KeyWrong: The operator's key is not right.
> ann mutes Bob for 10s
< ann: #12 refused, NotOperator: Only an operator may do this.
> ann unmutes Bob
< ann: #13 refused, NotOperator: Only an operator may do this.
> ann kicks Bob
< ann: #14 refused, NotOperator: Only an operator may do this.
> ann is lost
