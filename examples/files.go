// Package examples holds the documents and workflows that the documentation points to. Those that
// `makesync init` lays down are embedded here, so that what it writes is what is tested.
package examples

import "embed"

// Files are the scripts, guards and workflows of ci/ and cron/.
//
//go:embed ci/.guards.yaml ci/*.sh ci/*.yml cron/crontab cron/environment cron/guards.yaml cron/with-* cron/makesync.*
var Files embed.FS
