# What a developer types; .ci/run is what the machine runs.
.PHONY: build test check platforms licences release-check bench clean

build:
	go build -o makesync .

test:
	go test ./...

check:
	./.ci/run

# builds and vets for every system and processor
platforms:
	./.ci/platforms

# writes the licence notices of the modules anew, after a change of go.mod
licences:
	go generate ./sync/licences

# needs the network, and a quarter of an hour to compile goreleaser
release-check:
	go run github.com/goreleaser/goreleaser/v2@v2.15.0 check

bench:
	go run ./sync/bench run

clean:
	rm -rf makesync bench-results dist dist-extra examples/*/.makesync
