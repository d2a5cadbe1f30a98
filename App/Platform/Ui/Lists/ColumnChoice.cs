using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Platform.Ui.Lists;

/// <summary>Which columns of a list somebody wants to see.</summary>
/// <param name="Columns">By <see cref="Column{T}.Key"/>; null: they have not chosen, and see those that the list begins with.</param>
public sealed record ColumnChoice(IReadOnlyList<string>? Columns)
{
    public static readonly ColumnChoice None = new((IReadOnlyList<string>?)null);

    /// <summary>Is the column seen? One without a key always is.</summary>
    public bool Shows<T>(Column<T> column) => column.Key is not { } key || (Columns is null ? !column.Off : Columns.Contains(key));
}

/// <summary>The table list_columns: columns are chosen for oneself, list by list.</summary>
public static class ColumnChoices
{
    public static async ValueTask<ColumnChoice> Of(ReadTx s, Caller who, string list) =>
        await s.One("SELECT columns FROM list_columns WHERE account_id = @account AND list = @list", r => r.GetString(0), ("account", who.Id), ("list", list)) is { } columns
            ? new(columns.Split(' ', StringSplitOptions.RemoveEmptyEntries)) : ColumnChoice.None;

    /// <summary>Takes the form that <see cref="ListPage{TItem}"/> shows: <c>/columns</c> below the list.</summary>
    /// <param name="known">The keys of all columns that may be chosen.</param>
    public static RouteHandlerBuilder MapColumns(this IEndpointRouteBuilder pages, string path, string list, IReadOnlyList<string> known) => pages.MapPost("/columns", async (HttpContext ctx, Database db) =>
    {
        var form = await RequestBody.Form(ctx);
        var wanted = form["anew"].Count > 0 ? null : form["column"].OfType<string>().ToHashSet();
        await db.Write(s => Set(s, ctx.Caller(), list, wanted is null ? null : [.. known.Where(wanted.Contains)]), ctx.RequestAborted);
        // What was searched since the page was made is in the browser's address, not in the form.
        PageRenderer.Redirect(ctx, PageRenderer.LocalPath(ctx.Request.PagePath() ?? path));
    });

    /// <param name="columns">Null: as if nothing had been chosen.</param>
    private static ValueTask<int> Set(WriteTx s, Caller who, string list, IReadOnlyList<string>? columns) => columns is null
        ? s.Execute("DELETE FROM list_columns WHERE account_id = @account AND list = @list", ("account", who.Id), ("list", list))
        : s.Execute("INSERT INTO list_columns (account_id, tenant_id, list, columns) VALUES (@account, @tenant, @list, @columns) ON CONFLICT (account_id, list) DO UPDATE SET columns = excluded.columns",
            ("account", who.Id), ("tenant", who.HomeTenant), ("list", list), ("columns", string.Join(' ', columns)));
}
