package command

import (
	"fmt"
	"strings"
)

var completionScripts = map[string]func([]completion) string{
	"bash": bashCompletion, "zsh": zshCompletion, "fish": fishCompletion, "powershell": powershellCompletion,
}

// shellCases are the branches of a case statement over the command's path, for bash and zsh.
func shellCases(all []completion) string {
	var b strings.Builder
	for _, c := range all {
		fmt.Fprintf(&b, "    %q) words=%q ;;\n", c.path, c.words())
	}
	return b.String()
}

// shellPaths are the paths of all commands, one a line, against which words are collected.
func shellPaths(all []completion) string {
	var paths []string
	for _, c := range all[1:] {
		paths = append(paths, fmt.Sprintf("%q", c.path))
	}
	return strings.Join(paths, "|")
}

const bashTemplate = `# bash completion for makesync
_makesync() {
  local current="${COMP_WORDS[COMP_CWORD]}" path="" next words word
  for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    next="${path:+$path }$word"
    case "$next" in
    PATHS) path="$next" ;;
    esac
  done
  case "$path" in
CASES  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
  if [[ "$current" != -* && "$path" != "" ]]; then
    while IFS= read -r word; do # a name is one word, whatever it holds
      COMPREPLY+=("$word")
    done < <(compgen -f -- "$current")
  fi
}
complete -o filenames -F _makesync makesync
`

func bashCompletion(all []completion) string { return fillShell(bashTemplate, all) }

const zshTemplate = `#compdef makesync
# zsh completion for makesync
_makesync() {
  local path_="" next words_ word
  for word in "${(@)words[2,CURRENT-1]}"; do
    next="${path_:+$path_ }$word"
    case "$next" in
    PATHS) path_="$next" ;;
    esac
  done
  case "$path_" in
CASES  esac
  compadd -- ${=words_}
  [[ "$path_" == "" ]] || _files
}
if [[ "${funcstack[1]}" == _makesync ]]; then # from a folder of fpath
  _makesync "$@"
else
  (( ${+functions[compdef]} )) || { autoload -Uz compinit && compinit -i }
  compdef _makesync makesync
fi
`

func zshCompletion(all []completion) string {
	return strings.ReplaceAll(fillShell(zshTemplate, all), ") words=", ") words_=")
}

func fillShell(template string, all []completion) string {
	return strings.NewReplacer("PATHS", shellPaths(all), "CASES", shellCases(all)).Replace(template)
}

func fishCompletion(all []completion) string {
	var b strings.Builder
	b.WriteString("# fish completion for makesync\n")
	for _, c := range all {
		condition := "__fish_use_subcommand"
		if c.path != "" {
			condition = "__fish_seen_subcommand_from " + c.path[strings.LastIndex(c.path, " ")+1:]
		}
		for _, name := range c.arguments {
			fmt.Fprintf(&b, "complete -c makesync -f -n '%s' -a %s\n", condition, name)
		}
		for _, name := range c.flags {
			option := "-l " + strings.TrimPrefix(name, "--")
			if !strings.HasPrefix(name, "--") {
				option = "-s " + strings.TrimPrefix(name, "-")
			}
			fmt.Fprintf(&b, "complete -c makesync -n '%s' %s\n", condition, option)
		}
	}
	return b.String()
}

const powershellTemplate = `# PowerShell completion for makesync
Register-ArgumentCompleter -Native -CommandName makesync -ScriptBlock {
  param($wordToComplete, $commandAst, $cursorPosition)
  $table = @{
TABLE  }
  $path = ''
  foreach ($element in $commandAst.CommandElements | Select-Object -Skip 1) {
    $next = "$path $element".Trim()
    if ($table.ContainsKey($next)) { $path = $next }
  }
  $table[$path] -split ' ' | Where-Object { $_ -like "$wordToComplete*" } |
    ForEach-Object { [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_) }
}
`

func powershellCompletion(all []completion) string {
	var b strings.Builder
	for _, c := range all {
		fmt.Fprintf(&b, "    '%s' = '%s'\n", c.path, c.words())
	}
	return strings.Replace(powershellTemplate, "TABLE", b.String(), 1)
}
