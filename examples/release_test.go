package examples_test

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"
)

// released is what of .goreleaser.yaml says what a release is made of.
type released struct {
	Builds []struct {
		Flags   []string
		GCFlags []string
		Goos    []string
		Goarch  []string
		Ignore  []struct{ Goos, Goarch string }
	}
}

// targets are the systems and processors that a release has builds for, as GOOS/GOARCH.
func (r released) targets() (all []string) {
	build := r.Builds[0]
	for _, system := range build.Goos {
		for _, processor := range build.Goarch {
			ignored := struct{ Goos, Goarch string }{system, processor}
			if !slices.Contains(build.Ignore, ignored) {
				all = append(all, system+"/"+processor)
			}
		}
	}
	return all
}

// TestTargets: what a release has builds for is what is built and vetted for each, and what the
// page about installing promises.
func TestTargets(t *testing.T) {
	t.Parallel()
	read := func(file string) []byte {
		t.Helper()
		text, err := os.ReadFile("../" + file)
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	var release released
	if err := yaml.Unmarshal(read(".goreleaser.yaml"), &release); err != nil {
		t.Fatal(err)
	}
	for _, flag := range release.Builds[0].GCFlags {
		pattern, _, _ := strings.Cut(flag, "=")
		folder, own := strings.CutPrefix(strings.TrimSuffix(pattern, "/..."), "makesync/")
		if _, err := os.Stat("../" + folder); own && err != nil {
			t.Errorf("gcflags %s fits no package: %v", flag, err)
		}
	}
	targets := release.targets()
	if len(targets) < 10 {
		t.Fatalf("targets: %q", targets)
	}
	tried := regexp.MustCompile(`\|\| set -- (.*)\n`).FindSubmatch(read(".ci/platforms"))
	if tried == nil {
		t.Fatal(".ci/platforms names no targets")
	}
	platforms := append(strings.Fields(string(tried[1])), "linux/amd64") // vetted by .ci/run
	for _, target := range targets {
		if !slices.Contains(platforms, target) {
			t.Errorf("make platforms does not build for %s", target)
		}
	}
	const promised = "There are builds for Linux (amd64, arm64, 386, arm), macOS and FreeBSD (amd64, arm64) and Windows (amd64, arm64, 386)."
	if !strings.Contains(string(read("sync/help/topics/install.md")), promised) {
		t.Errorf("the page about installing promises something else than %q", promised)
	}
	slices.Sort(targets)
	want := strings.Fields("darwin/amd64 darwin/arm64 freebsd/amd64 freebsd/arm64 linux/386 linux/amd64 linux/arm linux/arm64 " +
		"windows/386 windows/amd64 windows/arm64")
	if !slices.Equal(targets, want) {
		t.Errorf("a release is for %q, which the page about installing does not say", targets)
	}
}
