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

# makes a release without a tag, twice, and installs what is in it; needs the network and root, and
# half an hour the first time
release-check:
	./.ci/release

bench:
	go run ./sync/bench run

clean:
	rm -rf makesync bench-results dist dist-extra examples/*/.makesync
