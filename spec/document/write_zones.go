package document

import (
	"bufio"
	"io"
	"strings"

	"makesync/spec"
)

// WriteZones writes a document that only declares zones. A token stands there
// only when it is an environment reference; the text of a token never does.
// Of a sandbox no path is written: its files stay below the folder of the document
// that makes it one.
func WriteZones(w io.Writer, zones []spec.Zone, header []string) error {
	d := documentWriter{out: bufio.NewWriter(w)}
	d.comments(0, header)
	d.line(0, "apiVersion: "+APIVersion)
	d.line(0, "zones:")
	for _, zone := range zones {
		var fields []string
		add := func(key, value string) {
			if value != "" {
				fields = append(fields, key+": "+writeText(value))
			}
		}
		add("url", zone.URL)
		add("host", zone.Host)
		if token := zone.Token.Reveal(); strings.HasPrefix(token, "${env:") && strings.Count(token, "}") == 1 &&
			strings.HasSuffix(token, "}") {
			add("token", token)
		}
		if zone.Sandbox != nil {
			fields = append(fields, "sandbox: {}")
		}
		d.line(1, writeText(zone.Name)+": {"+strings.Join(fields, ", ")+"}")
	}
	return d.out.Flush()
}
