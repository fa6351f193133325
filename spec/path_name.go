package spec

import (
	"regexp"
	"strings"
)

// IsPathSegment tells whether a name can stand in the path of a call or of a file as one segment,
// whoever takes the path apart on the way: servers and proxies that tidy up paths turn `..`, also
// escaped, into the object above, and take an escaped / for a plain one.
func IsPathSegment(name string) bool {
	return name != "" && name != "." && name != ".." && !strings.ContainsFunc(name, func(r rune) bool {
		return r == '/' || r == '\\' || r < ' ' || r == 0x7f
	})
}

// deviceName is what Windows takes for a device in every folder, whatever stands behind the first
// dot: such a file can be made neither there nor by a checkout of a repository that holds one.
var deviceName = regexp.MustCompile(`^(?i:con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|$)`)

// FileStem is the name of a file that is called after a key or a zone, without what it ends with,
// on every system the same. The name of a device gets an underscore: con_.
func FileStem(name string) string {
	if device := deviceName.FindStringSubmatchIndex(name); device != nil {
		return name[:device[2]] + "_" + name[device[2]:]
	}
	return name
}
