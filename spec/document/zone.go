package document

import (
	"path/filepath"
	"slices"
	"strings"

	"makesync/spec"
	"makesync/spec/text"
)

// checkZone tells what is wrong with an entry of zones by itself.
func checkZone(d *decoder, z writtenZone, t *keyPath) {
	builtin := spec.BuiltinHost(z.name)
	checkLiteralToken(d, z, t)
	checkSandboxPaths(d, z, t)
	if z.url.isBroken() || z.host.isBroken() {
		return
	}
	wrong := func(s scalar, key, message, hint string) {
		d.add(newProblem(ruleZoneURL, s.at, t.child(key), message, hint))
	}
	if z.url.isSet() && z.host.isSet() {
		wrong(z.host, "host", "`url` and `host` stand side by side", "write one of them; host: NAME means https://NAME")
		return
	}
	if z.url.isSet() {
		u, err := spec.ParseZoneURL(z.url.text)
		switch {
		case err != nil:
			wrong(z.url, "url", "the url of the zone cannot be used: "+err.Error(), "")
		case builtin != "" && u.String() != "https://"+builtin:
			wrong(z.url, "url", "a document cannot give the built-in zone "+text.Backquote(z.name)+" another url",
				"use another name, or --zone-url "+z.name+"=URL")
		}
	}
	if z.host.isSet() {
		err := spec.CheckHost(z.host.text)
		switch {
		case err != nil:
			wrong(z.host, "host", "the host of the zone cannot be used: "+err.Error(), "")
		case builtin != "" && !strings.EqualFold(z.host.text, builtin):
			wrong(z.host, "host", "a document cannot give the built-in zone "+text.Backquote(z.name)+" another host",
				"use another name, or --zone-url "+z.name+"=URL")
		}
	}
	if builtin == "" && !z.url.isSet() && !z.host.isSet() && z.sandbox == nil && !looksBuiltin(z.name) {
		d.add(newProblem(ruleRequired, z.at, t,
			"the zone "+text.Backquote(z.name)+" has neither url nor host nor sandbox",
			firstOf(text.DidYouMean(z.name, spec.BuiltinZoneNames()),
				"write {url: https://…}, {host: …} or {sandbox: {}}")))
	}
}

// looksBuiltin tells whether a name could be taken for that of a built-in zone. That is told for
// itself, and what is missing in the entry of a slip is no further mistake.
func looksBuiltin(name string) bool {
	return slices.ContainsFunc(spec.BuiltinZoneNames(), func(builtin string) bool {
		return TokenVariable(builtin) == TokenVariable(name)
	})
}

// checkLiteralToken refuses a token that stands in a document: who may read the document would have
// it. That of a sandbox opens nothing.
func checkLiteralToken(d *decoder, z writtenZone, t *keyPath) {
	if z.sandbox != nil || !z.token.isSet() || z.token.isBroken() || hasReference(splitReferences(z.token.text)) {
		return
	}
	d.add(newProblem(
		ruleLiteralToken,
		z.token.at,
		t.child("token"),
		"the token of the zone "+text.Backquote(z.name)+" stands in the document",
		"take it from outside, `token: \"${env:NAME}\"` or `\"${file:PATH}\"`, "+
			"and make a new token: this one was shown"))
}

// longestSandboxPath is more than file systems take of a name; errors tell a path in full.
const longestSandboxPath = 1024

// checkSandboxPaths keeps the files of a sandbox below the document's folder, so that no document
// decides what else is read and written on the machine.
func checkSandboxPaths(d *decoder, z writtenZone, t *keyPath) {
	if z.sandbox == nil {
		return
	}
	folder := filepath.Dir(z.file.path)
	for _, p := range []struct {
		key string
		scalar
	}{{"seed", z.sandbox.seed}, {"state", z.sandbox.state}} {
		wrong := ""
		switch {
		case !p.isSet() || p.isBroken():
			continue
		case len(p.text) > longestSandboxPath:
			wrong = "is longer than a path may be"
		case !isInside(folder, joinFolder(folder, p.text)), isOfGit(p.text):
			wrong = "does not lie below the document's folder, or is a file of git"
		default:
			continue
		}
		d.add(newProblem(ruleSandboxPath, p.at, t.child("sandbox").child(p.key),
			"`"+p.key+"` "+wrong, "name a file below it, such as .makesync/"+z.name+".json"))
	}
}
