using Gatehouse.Platform.Localization;
using Microsoft.AspNetCore.Components;

namespace Gatehouse.Platform.Ui.Parts;

/// <summary>What pages and their parts share: the request's context and its words.</summary>
public abstract class PageBase : ComponentBase
{
    [CascadingParameter] public PageContext P { get; set; } = null!;

    /// <summary>The hashed address of a wwwroot file. (<see cref="ComponentBase"/> has an Assets of its own.)</summary>
    protected static string Asset(string path) => Ui.Assets.Url(path);

    protected string T(Message message) => P.Say(message);

    /// <summary>What is wrong with a field of a form, in words; null when nothing is.</summary>
    protected string? FaultOf(IReadOnlyDictionary<string, Message>? fields, string field) => fields is not null && fields.TryGetValue(field, out var wrong) ? T(wrong) : null;

    protected string T(string key, params object?[] args) => P.Text[key, args];
}
