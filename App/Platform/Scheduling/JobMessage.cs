using System.Globalization;
using Gatehouse.Platform.Localization;

namespace Gatehouse.Platform.Scheduling;

/// <summary>What a run tells, stored so that each reader sees it in their own language: a text key and what goes into its gaps.</summary>
public static class JobMessage
{
    private const char Separator = '\u001f';
    private const int MaxLength = 600;

    /// <summary>Whole numbers or texts for the gaps of the text <paramref name="key"/>.</summary>
    public static string Of(string key, params object[] args)
    {
        var text = string.Join(Separator, args.Select(a => Convert.ToString(a, CultureInfo.InvariantCulture)?.Replace(Separator, ' ')).Prepend(key));
        return text.Length <= MaxLength ? text : text[..MaxLength];
    }

    /// <summary>The message in words; one that is no text key shows as it is.</summary>
    public static string Show(Localizer text, string message)
    {
        var parts = message.Split(Separator);
        return text.Has(parts[0])
            ? text[parts[0], [.. parts.Skip(1).Select(p => long.TryParse(p, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var n) ? (object)n : p)]]
            : message.Replace(Separator, ' ');
    }

    /// <summary>The text key of the message.</summary>
    public static string Key(string message) => message.Split(Separator, 2)[0];
}
