# A relay that is trusted tells whose connection it passes on: the report shows the user's own address, and only such a
# user's nick may begin with a star.
> Ann opens from 127.0.0.1:5001
> Ann is relayed from 192.0.2.7:4321
> Ann joins *Ann
< Ann: #1 welcome, *Ann, to lobby after 0, with nothing
< Ann: lobby 1 *Ann joined
> Ann asks report
< Ann: #2 1 active: *Ann at 192.0.2.7:4321 since 0:00

# A star may stand before twenty characters; a second one, or a word that is nobody's name, may not follow it.
> Bob opens from 127.0.0.1:5002
> Bob is relayed from 192.0.2.8:4321
> Bob joins **Bob
< Bob: #1 refused, NickReserved: This nick is reserved.
> Bob joins *server
< Bob: #2 refused, NickReserved: This nick is reserved.
> Bob joins *
< Bob: #3 refused, NickBad: A nick has 1 to 20 characters and no white space, control character or any of : , @ # / ! &.
> Bob joins *01234567890123456789
< Bob: #4 welcome, *01234567890123456789, to lobby after 1, with *Ann
< Bob: history of lobby: 1 *Ann joined
< Ann, Bob: lobby 2 *01234567890123456789 joined

# Ann and *Ann are two.
> Cyd opens
> Cyd joins Ann
< Cyd: #1 welcome, Ann, to lobby after 2, with *01234567890123456789; *Ann
< Cyd: history of lobby: 1 *Ann joined; 2 *01234567890123456789 joined
< Ann, Bob, Cyd: lobby 3 Ann joined

# Whoever comes directly has no star, and nobody tells afterwards that it was a relay.
> Dan opens
> Dan joins *Dan
< Dan: #1 refused, NickReserved: This nick is reserved.
> Dan is relayed from 192.0.2.9:1
< Dan: goodbye, Foreign: The peer does not speak this protocol, or not this version of it.
< Dan is hung up
> Eve opens
> Eve is relayed from 192.0.2.9:1
> Eve is relayed from 192.0.2.9:2
< Eve: goodbye, Foreign: The peer does not speak this protocol, or not this version of it.
< Eve is hung up

# Nobody believes a stranger who says that it is a relay.
> Fay opens from 10.0.0.1:5000
> Fay is relayed from 192.0.2.9:1
< Fay: goodbye, Foreign: The peer does not speak this protocol, or not this version of it.
< Fay is hung up

# The star stays with who returns through the relay, and the address is the new one.
> Ann is lost
> Ann opens from 127.0.0.1:5003
> Ann is relayed from 192.0.2.7:4444
> Ann resumes
< Ann: #3 welcome back, *Ann, in lobby 3
< Ann: missed in lobby: 1 *Ann joined; 2 *01234567890123456789 joined; 3 Ann joined

# One who has joined is not relayed.
> Ann is relayed from 192.0.2.9:1
< Ann: goodbye, Foreign: The peer does not speak this protocol, or not this version of it.
< Ann is hung up
< Bob, Cyd: lobby 4 *Ann left (Foreign)
