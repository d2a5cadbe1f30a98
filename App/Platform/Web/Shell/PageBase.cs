using Microsoft.AspNetCore.Components;

namespace Gatehouse.Platform.Web.Shell;

/// <summary>What pages and their parts share: the request's context and its words.</summary>
public abstract class PageBase : ComponentBase
{
    [CascadingParameter] public PageContext P { get; set; } = null!;

    protected string T(string key, params object?[] args) => P.Text[key, args];
}
