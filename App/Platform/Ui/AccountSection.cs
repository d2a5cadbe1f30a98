using Gatehouse.Platform.Http;
using Microsoft.AspNetCore.Components;

namespace Gatehouse.Platform.Ui;

/// <summary>An entry of the bar of signed-in customers' own pages, declared by its feature.</summary>
/// <param name="Id">What its pages give as <c>Nav</c>.</param>
/// <param name="Label">The key of its words.</param>
public sealed record AccountEntry(string Id, int Order, string Href, string Label);

/// <summary>What a feature shows on a signed-in customer's first page: loaded at once, laid out by the page.</summary>
/// <param name="Order">Among the sections, the least first.</param>
/// <param name="Load">Reads what there is to show of the caller's own.</param>
public sealed record AccountSection(int Order, Func<HttpContext, Task<AccountCards>> Load);

/// <summary>What a feature shows staff of one person beside a conversation with them: a narrow card. The person's own page has tabs (<see cref="PersonTab"/>).</summary>
/// <param name="Order">Among the sections, the least first.</param>
/// <param name="Needs">Who has it sees the section.</param>
/// <param name="Load">The card of the customer of that id; null where there is nothing to show.</param>
public sealed record PersonSection(int Order, Permission Needs, Func<HttpContext, string, Task<RenderFragment?>> Load)
{
    /// <summary>The cards that the caller may see, in their order.</summary>
    public static async Task<IReadOnlyList<RenderFragment>> All(HttpContext ctx, string customer)
    {
        var cards = new List<RenderFragment>();
        foreach (var section in ctx.RequestServices.GetServices<PersonSection>().Where(s => ctx.Caller().May(s.Needs)).OrderBy(s => s.Order))
            if (await section.Load(ctx, customer) is { } card)
                cards.Add(card);
        return cards;
    }
}

/// <summary>Something of a customer's own that they may ask about, such as a key: declared by the feature that knows it.</summary>
/// <param name="Order">Among what other features have, the least first.</param>
/// <param name="Load">The caller's, as each is called; a handful.</param>
public sealed record OwnThings(int Order, Func<HttpContext, Task<IReadOnlyList<string>>> Load)
{
    /// <summary>The caller's of all features.</summary>
    public static async Task<IReadOnlyList<string>> All(HttpContext ctx)
    {
        var things = new List<string>();
        foreach (var own in ctx.RequestServices.GetServices<OwnThings>().OrderBy(o => o.Order))
            things.AddRange(await own.Load(ctx));
        return things;
    }
}

/// <summary>The cards of a section by their place; null where there is nothing to show.</summary>
public sealed record AccountCards
{
    public static AccountCards None { get; } = new();

    /// <summary>Buttons beside the greeting.</summary>
    public RenderFragment? Actions { get; init; }

    /// <summary>What would like a minute of theirs: rows of one card on top.</summary>
    public RenderFragment? ToDo { get; init; }

    /// <summary>Cards in the wide column.</summary>
    public RenderFragment? Main { get; init; }

    /// <summary>Cards in the narrow one.</summary>
    public RenderFragment? Side { get; init; }
}
