using System.Globalization;
using Serilog.Events;
using Serilog.Formatting;
using Serilog.Formatting.Json;
using Serilog.Parsing;

namespace Gatehouse.Platform.Hosting;

/// <summary>How a line of the log looks.</summary>
internal static class LogFormats
{
    public static ITextFormatter For(bool json, bool withDate, bool colour) => json ? new JsonFormatter(renderMessage: true) : new LogLine(withDate, colour);
}

/// <summary><c>12:03:04 INF message</c>. What came from outside cannot start a line of its own: its control characters are shown, not obeyed.</summary>
internal sealed class LogLine(bool withDate, bool colour) : ITextFormatter
{
    private const string Plain = "\e[0m";

    public void Format(LogEvent e, TextWriter output)
    {
        output.Write(e.Timestamp.ToString(withDate ? "yyyy-MM-dd HH:mm:ss.fff zzz" : "HH:mm:ss", CultureInfo.InvariantCulture));
        var (name, paint) = e.Level switch
        {
            LogEventLevel.Fatal => ("FTL", "\e[1;31m"),
            LogEventLevel.Error => ("ERR", "\e[31m"),
            LogEventLevel.Warning => ("WRN", "\e[33m"),
            LogEventLevel.Information => ("INF", "\e[32m"),
            _ => ("DBG", "\e[90m"),
        };
        output.Write(colour ? $" {paint}{name}{Plain} " : $" {name} ");
        foreach (var token in e.MessageTemplate.Tokens)
        {
            if (token is PropertyToken property && e.Properties.TryGetValue(property.PropertyName, out var value))
                Write(output, value is ScalarValue { Value: string text } ? text : value.ToString(property.Format, CultureInfo.InvariantCulture));
            else
                Write(output, token.ToString()!);
        }
        output.WriteLine();
        if (e.Exception is not null)
            output.WriteLine(e.Exception.ToString());
    }

    private static void Write(TextWriter output, string text)
    {
        foreach (var c in text)
        {
            if (char.IsControl(c) || c is '\u2028' or '\u2029')
                output.Write($"\\u{(int)c:x4}");
            else
                output.Write(c);
        }
    }
}
