using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Microsoft.AspNetCore.Components;

namespace Gatehouse.Platform.Ui.Parts;

/// <summary>What pages and their parts share: the request's context and its words.</summary>
public abstract class PageBase : ComponentBase
{
    [CascadingParameter] public PageContext P { get; set; } = null!;

    /// <summary>The hashed address of a wwwroot file. (<see cref="ComponentBase"/> has an Assets of its own.)</summary>
    protected static string Asset(string path) => Ui.Assets.Url(path);

    /// <summary>An icon that stands beside a word, by its name in <see cref="IconSet"/>. No component: a page has dozens.</summary>
    protected static MarkupString Svg(string icon) => new(IconSet.Svg(icon));

    /// <summary>The hidden field that every form that posts needs.</summary>
    protected MarkupString CsrfField => new($"<input type=\"hidden\" name=\"{Csrf.Field}\" value=\"{PartMarkup.Encode(P.Csrf)}\">");

    protected string T(Message message) => P.Say(message);

    /// <summary>What is wrong with a field of a form, in words; null when nothing is.</summary>
    protected string? FaultOf(IReadOnlyDictionary<string, Message>? fields, string field) => fields is not null && fields.TryGetValue(field, out var wrong) ? T(wrong) : null;

    protected string T(string key, params object?[] args) => P.Text[key, args];
}

/// <summary>A page: it is given one model, and says of a form what its model's refusal does.</summary>
public abstract class PageBase<TModel> : PageBase
{
    [Parameter, EditorRequired] public TModel Model { get; set; } = default!;

    /// <summary>What is wrong with a field; null when nothing is.</summary>
    protected string? Error(string field) => FaultOf(Refusal?.Fields, field);

    /// <summary>What is wrong with the whole, where it is no single field.</summary>
    protected Message? Problem => Refusal is { Fields.Count: 0 } ? Refusal.Detail : null;

    private Refusal? Refusal => (Model as IFormModel)?.Refusal;
}
