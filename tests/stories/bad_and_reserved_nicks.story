# What cannot be a nick is refused, and the guest may try again.
> ann opens
> ann joins two words
< ann: #1 refused, NickBad: A nick has 1 to 20 characters and no white space, control character or any of : , @ # / ! &.
> ann joins a:b
< ann: #2 refused, NickBad: A nick has 1 to 20 characters and no white space, control character or any of : , @ # / ! &.
> ann joins 012345678901234567890
< ann: #3 refused, NickBad: A nick has 1 to 20 characters and no white space, control character or any of : , @ # / ! &.
> ann joins Server
< ann: #4 refused, NickReserved: This nick is reserved.
> ann joins *Ann
< ann: #5 refused, NickReserved: This nick is reserved.
> ann joins Ann
< ann: #6 welcome, Ann, to lobby after 0, with nothing
< ann: lobby 1 Ann joined
> ann joins Anna
< ann: #7 refused, AlreadyJoined: You have joined already.
> ann resumes
< ann: #8 refused, AlreadyJoined: You have joined already.
