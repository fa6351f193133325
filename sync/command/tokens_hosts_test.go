package command_test

import (
	"maps"
	"strings"
	"testing"
	"testing/synctest"
)

// inLab is a document whose organization lives in a zone named lab, which it describes itself.
func inLab(zone string) string {
	return "apiVersion: makesync/v1\nzone: lab\nzones: {lab: " + zone + "}\norganizations: {acme: {id: 11, name: Acme, variables: {A: b}}}\n"
}

const (
	evil = "https://evil.example"
	good = "https://good.example"
)

// hosts are documents, and where tokens may go for them. A document must not be able to move one.
var hosts = map[string]hostile{
	"foreign url":           {documents: inLab("{url: " + evil + "}")},
	"foreign host":          {documents: inLab("{host: evil.example}")},
	"with another's token":  {documents: inLab("{host: evil.example, token: \"${env:MAKE_API_KEY_OTHER}\"}")},
	"with the general one":  {documents: inLab("{url: " + evil + ", token: \"${env:MAKE_API_KEY}\"}")},
	"with a literal":        {documents: inLab("{url: " + evil + ", token: " + tokenOther + "}")},
	"with a file":           {documents: inLab("{url: " + evil + ", token: \"${file:../outside/secret}\"}")},
	"loopback":              {documents: inLab("{url: \"http://127.0.0.1:9\"}")},
	"localhost":             {documents: inLab("{url: \"http://localhost:9\"}")},
	"below a built-in":      {documents: inLab("{host: eu1.make.com.evil.example}")},
	"above a built-in":      {documents: inLab("{host: make.com}")},
	"sibling of a built-in": {documents: inLab("{host: evil.make.com}")},
	"port of a built-in":    {documents: inLab("{host: \"eu1.make.com:8443\"}")},
	"http to a built-in":    {documents: inLab("{url: \"http://eu1.make.com\"}")},
	"port 80 of a built-in": {documents: inLab("{url: \"https://eu1.make.com:80\"}")},
	"dot after a built-in":  {documents: inLab("{url: \"https://eu1.make.com.\"}")},
	"user is a built-in":    {documents: inLab("{url: \"https://eu1.make.com@evil.example\"}")},
	"password is":           {documents: inLab("{url: \"https://a:eu1.make.com@evil.example\"}")},
	"host is a user":        {documents: inLab("{host: \"eu1.make.com@evil.example\"}")},
	"path of another":       {documents: inLab("{host: \"evil.example/eu1.make.com\"}")},
	"fragment":              {documents: inLab("{url: \"https://evil.example#eu1.make.com\"}")},
	"backslash":             {documents: inLab("{url: \"https://eu1.make.com\\\\@evil.example\"}")},
	"escaped":               {documents: inLab("{url: \"https://eu1.make.com%2f@evil.example\"}")},
	"escaped host":          {documents: inLab("{host: \"eu1.make.com%2eevil.example\"}")},
	"control character":     {documents: inLab("{url: \"https://eu1.make.com\\u0009.evil.example\"}")},
	"new line":              {documents: inLab("{host: \"eu1.make.com\\r\\nHost: evil.example\"}")},
	"other letters":         {documents: inLab("{host: \"еu1.make.com\"}")}, // the first is Cyrillic
	"ideographic dot":       {documents: inLab("{host: \"eu1.make.com。evil.example\"}")},
	"other scheme":          {documents: inLab("{url: \"ftp://evil.example\"}")},
	"no scheme":             {documents: inLab("{url: \"//evil.example\"}")},
	"a file's scheme":       {documents: inLab("{url: \"file:///etc/passwd\"}")},
	"reference as url":      {documents: inLab("{url: \"${env:EVIL}\"}"), env: map[string]string{"EVIL": evil}},
	"url and host":          {documents: inLab("{url: " + evil + ", host: eu1.make.com}")},
	"sandbox and url":       {documents: inLab("{url: " + evil + ", sandbox: {}}")},
	"key in two cases":      {documents: inLab("{host: eu1.make.com, Host: evil.example}")},
	"extension key":         {documents: inLab("{x-url: " + evil + "}")},

	"a built-in elsewhere":  {documents: strings.ReplaceAll(inLab("{url: "+evil+"}"), "lab", "eu1")},
	"its host elsewhere":    {documents: strings.ReplaceAll(inLab("{host: evil.example}"), "lab", "eu1")},
	"its name in capitals":  {documents: strings.ReplaceAll(inLab("{url: "+evil+"}"), "lab", "EU1")},
	"its name with a dot":   {documents: strings.ReplaceAll(inLab("{url: "+evil+"}"), "lab", "eu1.make.com")},
	"a zone that is a host": {documents: "apiVersion: makesync/v1\nzone: evil.example\norganizations: {acme: {id: 11, name: Acme}}\n"},
	"a zone that is a url":  {documents: "apiVersion: makesync/v1\norganizations: {acme: {id: 11, name: Acme, zone: \"" + evil + "\"}}\n"},
	"profile with a zone":   {documents: "apiVersion: makesync/v1\nprofiles: {p: {zone: evil.example, token: x}}\norganizations: {acme: {id: 11, name: Acme, profiles: [p]}}\n"},

	"named by another host":   {documents: inLab("{url: " + evil + "}"), env: map[string]string{"MAKESYNC_HOSTS": "good.example, evil.example.good.example"}},
	"suffix of a named one":   {documents: inLab("{host: evil.good.example}"), env: map[string]string{"MAKESYNC_HOSTS": "good.example"}},
	"prefix of a named one":   {documents: inLab("{host: good.example.evil.example}"), env: map[string]string{"MAKESYNC_HOSTS": "good.example"}},
	"named with another port": {documents: inLab("{host: \"good.example:444\"}"), env: map[string]string{"MAKESYNC_HOSTS": "good.example:443"}},
	"empty entries":           {documents: inLab("{host: evil.example}"), env: map[string]string{"MAKESYNC_HOSTS": ", ,*,."}},
	"url of another zone":     {documents: inLab("{url: " + evil + "}"), zones: []string{"other=" + good}},
	"port of another's url":   {documents: inLab("{url: \"https://good.example:8443\"}"), zones: []string{"other=" + good}},

	"in MAKESYNC_HOSTS":       {documents: inLab("{url: " + good + "}"), env: map[string]string{"MAKESYNC_HOSTS": "x.example,good.example"}, goes: map[string]string{good: tokenGeneral}},
	"by --zone-url":           {documents: inLab("{url: " + evil + "}"), zones: []string{"lab=" + good}, goes: map[string]string{good: tokenGeneral}},
	"built-in by --zone-url":  {documents: strings.ReplaceAll(inLab("{}"), "lab", "eu1"), zones: []string{"eu1=" + good}, goes: map[string]string{good: tokenEU1}},
	"a built-in's own":        {documents: inLab("{host: eu1.make.com, token: \"${env:MAKE_API_KEY_OTHER}\"}"), goes: map[string]string{"https://eu1.make.com": tokenOther}},
	"a built-in in capitals":  {documents: inLab("{host: EU1.Make.com}"), goes: map[string]string{"https://eu1.make.com": tokenGeneral}},
	"a zone that redirects":   {documents: inLab("{host: eu1.make.com}"), redirect: evil, goes: map[string]string{"https://eu1.make.com": tokenGeneral}},
	"and to plain http":       {documents: inLab("{host: eu1.make.com}"), redirect: "http://eu1.make.com", goes: map[string]string{"https://eu1.make.com": tokenGeneral}},
	"and to its own host":     {documents: inLab("{host: eu1.make.com}"), redirect: "https://eu1.make.com/x", goes: map[string]string{"https://eu1.make.com": tokenGeneral}},
	"a reply names another":   {documents: inLab("{host: eu1.make.com}"), lives: "evil.example", goes: map[string]string{"https://eu1.make.com": tokenGeneral}},
	"a reply names a url":     {documents: inLab("{host: eu1.make.com}"), lives: "https://evil.example", goes: map[string]string{"https://eu1.make.com": tokenGeneral}},
	"a reply names a zone":    {documents: inLab("{host: eu1.make.com}"), lives: "us1.make.com", goes: map[string]string{"https://eu1.make.com": tokenGeneral}},
	"token of a foreign zone": {documents: inLab("{host: eu1.make.com, token: \"${file:../outside/secret}\"}")},
}

func TestDocumentsMoveNoToken(t *testing.T) {
	t.Parallel()
	for name, h := range hosts {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, h.test)
		})
	}
}

// test runs every command, each alone, so that it is known which of them moved a token.
func (h hostile) test(t *testing.T) {
	dir := stageDocuments(t, h.documents)
	came := map[string]bool{}
	for _, args := range h.everyCommand(dir) {
		allowed := map[string][]string{}
		for host, token := range h.goes {
			allowed[host] = append(allowed[host], token)
		}
		if args[0] == "migrate" || args[0] == "compare" { // they read eu1 beside it, with its own token
			allowed["https://eu1.make.com"] = append(allowed["https://eu1.make.com"], tokenEU1)
		}
		if args[0] == "validate" {
			allowed = nil
		}
		maps.Copy(came, h.run(t, dir, args).check(allowed))
		if t.Failed() {
			t.Fatalf("by %s", strings.Join(args, " "))
		}
	}
	for host, token := range h.goes {
		if !came[host+" Token "+token] {
			t.Errorf("the token never came to %s", host)
		}
	}
}
