package document

import (
	"strings"

	"makesync/spec"
	"makesync/spec/text"
)

// checkZone tells what is wrong with an entry of zones by itself.
func checkZone(d *decoder, z writtenZone, t *keyPath) {
	builtin := spec.BuiltinHost(z.name)
	if z.url.isBroken() || z.host.isBroken() {
		return
	}
	wrong := func(s scalar, key, message, hint string) {
		d.problems = append(d.problems, newProblem(ruleZoneURL, s.at, t.child(key), message, hint))
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
	if builtin == "" && !z.url.isSet() && !z.host.isSet() && z.sandbox == nil {
		d.problems = append(d.problems, newProblem(ruleRequired, z.at, t,
			"the zone "+text.Backquote(z.name)+" has neither url nor host nor sandbox",
			firstOf(text.DidYouMean(z.name, spec.BuiltinZoneNames()),
				"write {url: https://…}, {host: …} or {sandbox: {}}")))
	}
}
