using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;
using Microsoft.AspNetCore.Components;

namespace Gatehouse.Platform.Ui;

/// <summary>A tab of a customer's page for staff, declared by its feature and laid out by the page.</summary>
/// <param name="Name">In the address, <c>?tab=NAME</c>.</param>
/// <param name="Order">Among the tabs, the least first.</param>
/// <param name="Label">The key of its words.</param>
/// <param name="Needs">Who has it sees the tab.</param>
/// <param name="Load">Reads what there is of the customer of that id, who is of the caller's tenant.</param>
public sealed record PersonTab(string Name, int Order, string Label, Permission Needs, Func<HttpContext, string, Task<RenderFragment>> Load)
{
    /// <summary>How much there is, by tenant and account id, said beside the label; null where that says nothing.</summary>
    public Func<ReadTx, string, string, ValueTask<long>>? Count { get; init; }

    /// <summary>The tab's address.</summary>
    public static string Address(string account, string tab) => $"/admin/users/{account}?tab={tab}";
}
