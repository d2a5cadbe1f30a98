using System.Text;

namespace Gatehouse.Cli;

/// <summary>Where a command reads and writes.</summary>
/// <param name="interactive">A person types: passwords are asked for, without echo.</param>
public sealed class Terminal(TextReader input, TextWriter output, TextWriter error, bool interactive)
{
    public TextWriter Out { get; } = output;

    public TextWriter Error { get; } = error;

    public static Terminal OfProcess() => new(Console.In, Console.Out, Console.Error, !Console.IsInputRedirected);

    /// <summary>
    /// A new password, never from the command line, where other users of the machine could see it: one line of standard input with
    /// <c>--password-stdin</c>, else typed twice without echo.
    /// </summary>
    /// <exception cref="CommandException">Nothing came, or the two differ.</exception>
    public string NewPassword(bool fromInput)
    {
        if (fromInput)
            return input.ReadLine() is { Length: > 0 } line ? line : throw new CommandException(ExitCode.Usage, "No password came on standard input.");
        if (!interactive)
            throw new CommandException(ExitCode.Usage, "There is no terminal to ask for the password: give it on standard input with --password-stdin.");
        var password = Ask("Password: ");
        return Ask("Again: ") == password ? password : throw new CommandException(ExitCode.Usage, "The two passwords differ.");
    }

    /// <summary>Columns under their headings, as wide as they need.</summary>
    public void Table(IReadOnlyList<string> headings, IEnumerable<IReadOnlyList<string>> rows)
    {
        var lines = rows.Prepend(headings).ToList();
        var widths = headings.Select((_, i) => lines.Max(l => l[i].Length)).ToArray();
        foreach (var line in lines)
            Out.WriteLine(string.Join("  ", line.Select((cell, i) => cell.PadRight(widths[i]))).TrimEnd());
    }

    private string Ask(string prompt)
    {
        // To standard error: standard output may be piped.
        Error.Write(prompt);
        var typed = new StringBuilder();
        while (Console.ReadKey(intercept: true) is var key && key.Key != ConsoleKey.Enter)
        {
            if (key.Key == ConsoleKey.Backspace)
                typed.Length = Math.Max(0, typed.Length - 1);
            else if (!char.IsControl(key.KeyChar))
                typed.Append(key.KeyChar);
        }
        Error.WriteLine();
        return typed.ToString();
    }
}
