# What a developer types; .ci/run is what the machine runs.
.PHONY: build test check bench clean

build:
	go build -o makesync .

test:
	go test ./...

check:
	./.ci/run

bench:
	go run ./sync/bench run

clean:
	rm -rf makesync bench-results examples/*/.makesync
