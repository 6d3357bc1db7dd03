# Short forms of the cargo commands that README.md explains.

.PHONY: build test demo install

build:
	cargo build --release -p hobnob

test:
	cargo test --workspace

# Each course's dialogue, played by real processes.
demo: build
	for scene in classroom messenger tata sendto open; do ./target/release/hobnob demo $$scene || exit 1; done

install:
	cargo install --path cli
