using Microsoft.AspNetCore.Components;

namespace Gatehouse.Platform.Web.Shell;

/// <summary>What pages and their parts share: the request's context and its words.</summary>
public abstract class PageBase : ComponentBase
{
    [CascadingParameter] public PageContext P { get; set; } = null!;

    /// <summary>The hashed address of a wwwroot file. (<see cref="ComponentBase"/> has an Assets of its own.)</summary>
    protected static string Asset(string path) => Web.Assets.Url(path);

    // In the rows of a long table a component for each of these would cost more than the rest of the page: there, these.

    /// <summary>What <see cref="Shell.StateBadge"/> shows.</summary>
    protected MarkupString Badge(string state) => new(Parts.Badge(P, state));

    /// <summary>What <see cref="Shell.Copy"/> shows.</summary>
    protected MarkupString CopyButton(string value) => new(Parts.Copy(P, value));

    /// <summary>What <see cref="Shell.When"/> shows.</summary>
    protected MarkupString Time(long? at, bool relative = false, string absent = "—") => new(Parts.When(P, at, relative, absent));

    protected string T(string key, params object?[] args) => P.Text[key, args];
}
