package render

import (
	"fmt"
	"html/template"
	"strings"

	"makesync/spec/text"
	"makesync/sync/fleet"
)

// htmlChart is one series of 30 days as bars, one path of an SVG, so that a page of a thousand
// organizations stays small. Who hears the page has the table below it.
type htmlChart struct {
	Label, Most, Sum string
	Path             template.HTMLAttr // the d of the bars
	Width, Height    int
}

// The size of a chart in its own units: a bar is 8 wide with 2 between.
const (
	barStep, barBody = 10, 8
	chartHeight      = 60
)

// chartSeries are what is drawn, with what a number is called.
var chartSeries = []struct {
	label string
	of    func(*fleet.Day) *float64
	words func(float64) string
}{
	{"Credits", func(d *fleet.Day) *float64 { return d.Credits }, fleet.Amount},
	{"Operations", func(d *fleet.Day) *float64 { return d.Operations }, fleet.Amount},
	{"Data transfer", func(d *fleet.Day) *float64 { return d.DataTransfer }, bytesWords},
}

// newCharts draws the series of which something is known.
func newCharts(usage []fleet.Day) []htmlChart {
	var charts []htmlChart
	for _, series := range chartSeries {
		most, sum, known := 0.0, 0.0, false
		for i := range usage {
			n := series.of(&usage[i])
			most, sum, known = max(most, amountOf(n)), sum+amountOf(n), known || n != nil
		}
		if !known {
			continue
		}
		var path strings.Builder
		for i := range usage {
			addBar(&path, i, amountOf(series.of(&usage[i])), most)
		}
		charts = append(charts, htmlChart{
			Label: series.label, Most: series.words(most), Sum: series.words(sum),
			Path:  template.HTMLAttr(fmt.Sprintf("d=%q", path.String())),
			Width: len(usage) * barStep, Height: chartHeight,
		})
	}
	return charts
}

// addBar draws a day; one on which little happened is seen too.
func addBar(path *strings.Builder, day int, n, most float64) {
	if n <= 0 || most <= 0 {
		return
	}
	height := max(1, int(n/most*chartHeight+0.5))
	fmt.Fprintf(path, "M%d %dh%dv-%dh-%dz", day*barStep+1, chartHeight, barBody, height, barBody)
}

// bytesWords is 950 B, 12.5 MB.
func bytesWords(n float64) string {
	const thousand = 1000
	for _, unit := range []string{"B", "kB", "MB", "GB"} {
		if n < thousand {
			return fmt.Sprintf("%.3g %s", n, unit)
		}
		n /= thousand
	}
	return text.Number(int(n)) + " TB"
}
