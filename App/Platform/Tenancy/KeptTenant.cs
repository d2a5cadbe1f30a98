using System.Text.RegularExpressions;
using Gatehouse.Platform.Http;

namespace Gatehouse.Platform.Tenancy;

/// <summary>
/// Keeps the tenant that staff look at in the address (<c>?tenant=</c>): done once to the whole page and to every redirect, so that no link
/// or form of the shell can forget it, whoever wrote it.
/// </summary>
public static partial class KeptTenant
{
    /// <summary>The name of the query parameter.</summary>
    public const string Parameter = "tenant";

    private const string Shell = "/admin";

    /// <summary>The path with the tenant that its caller looks at; as it is where it leads out of the shell, or names one itself.</summary>
    public static string In(Caller? who, string path) => who?.Kept is { } tenant && Leads(path) ? With(path, tenant, "&") : path;

    /// <summary>The page with every link and form of the shell keeping the tenant.</summary>
    /// <param name="html">As the renderer writes it: in texts and values, quotation marks are encoded.</param>
    public static string In(string html, string tenant) =>
        Kept().Replace(html, match => match.Value[0] == '<' && !Posted().IsMatch(match.Value)
            ? Asking(match.Value, tenant)
            : Leading().Replace(match.Value, address => $"=\"{With(address.Value[2..^1], tenant, "&amp;")}\""));

    // What a form that is not posted sends takes the place of the query in its address.
    private static string Asking(string tag, string tenant) => Action().Match(tag) is { Success: true } action && !Leads(action.Groups[1].Value)
        ? tag
        : $"{tag}<input type=\"hidden\" name=\"{Parameter}\" value=\"{tenant}\">";

    private static bool Leads(string path) => path.StartsWith(Shell, StringComparison.Ordinal) && (path.Length == Shell.Length || path[Shell.Length] is '/' or '?' or '#');

    private static string With(string path, string tenant, string and)
    {
        if (Named().IsMatch(path))
            return path;
        var hash = path.IndexOf('#', StringComparison.Ordinal);
        var (before, after) = hash < 0 ? (path, "") : (path[..hash], path[hash..]);
        return $"{before}{(before.Contains('?', StringComparison.Ordinal) ? and : "?")}{Parameter}={tenant}{after}";
    }

    // A form's tag as a whole, or the value of an attribute that leads into the shell.
    [GeneratedRegex("""<form\b[^>]*>|="/admin(?:[/?#][^"]*)?"(?=[\s/>])""")]
    private static partial Regex Kept();

    [GeneratedRegex("""="/admin(?:[/?#][^"]*)?"(?=[\s/>]|\z)""")]
    private static partial Regex Leading();

    [GeneratedRegex("""\baction="([^"]*)"(?=[\s/>])""")]
    private static partial Regex Action();

    [GeneratedRegex("""\bmethod="post"(?=[\s/>])""")]
    private static partial Regex Posted();

    [GeneratedRegex("[?&;]tenant=")]
    private static partial Regex Named();
}
