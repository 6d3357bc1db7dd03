# Short forms of the cargo commands that README.md explains.

.PHONY: build test mutants demo install

build:
	cargo build --release -p hobnob

test:
	cargo test --workspace

# Breaks the machine in every small way, one at a time, and lists what no test noticed: hours. Needs cargo-mutants.
mutants:
	PROPTEST_MAX_SHRINK_ITERS=0 cargo mutants -p hobnob-machine $(MUTANTS)

# Each course's dialogue, played by real processes.
demo: build
	for scene in classroom messenger tata sendto open; do ./target/release/hobnob demo $$scene || exit 1; done

install:
	cargo install --path cli
