using Gatehouse.Accounts.Customers;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Accounts.CustomerActions;

/// <summary>Those to whom something is done: the customers that are named, or all that the filter finds.</summary>
/// <param name="Users">Ids, e-mail addresses, phone numbers or user names; null where the filter is meant.</param>
public sealed record CustomerChoice(IReadOnlyList<string>? Users, string? Query = null, string? State = null)
{
    private const int Step = 500;

    private CustomerFilter Filter => new(Query, State, Limit: Step);

    /// <summary>How many they are; not counted beyond <paramref name="most"/> and one more.</summary>
    public async ValueTask<long> Count(ReadTx s, string tenant, int most, long now) =>
        Users?.Count ?? await CustomerStore.Count(s, tenant, Filter, most + 1, now);

    /// <summary>The first of them, newest first; who is named and not there is left out.</summary>
    public async ValueTask<IReadOnlyList<Customer>> First(ReadTx s, CustomerService customers, string tenant, int count, long now)
    {
        if (Users is null)
            return (await customers.List(s, tenant, Filter with { Limit = count })).Items;
        var found = new List<Customer>();
        foreach (var id in Users.Take(count))
            if (await CustomerStore.Find(s, tenant, id, now) is { } customer)
                found.Add(customer);
        return found;
    }

    /// <summary>All of them, in steps; in one order for everybody, so that two who change many do not wait for each other's rows.</summary>
    /// <exception cref="Refusal">422 on <c>users</c>: there is no such customer; on <c>state</c>.</exception>
    public async IAsyncEnumerable<IReadOnlyList<Customer>> Walk(ReadTx s, CustomerService customers, string tenant)
    {
        if (Users is null)
        {
            for (var filter = Filter; ;)
            {
                var page = await customers.List(s, tenant, filter);
                yield return page.Items;
                if (page.Next is null)
                    yield break;
                filter = filter with { After = page.Next };
            }
        }
        foreach (var step in (await Resolved(s, customers, tenant)).Users!.Chunk(Step))
        {
            var found = new List<Customer>(step.Length);
            foreach (var id in step)
                found.Add(await customers.Get(s, tenant, id));
            yield return found;
        }
    }

    /// <summary>The same by ids.</summary>
    /// <exception cref="Refusal">422 on <c>users</c>: there is no such customer.</exception>
    public async ValueTask<CustomerChoice> Resolved(ReadTx s, CustomerService customers, string tenant)
    {
        if (Users is null)
            return this;
        var ids = new HashSet<string>();
        foreach (var name in Users)
            ids.Add(await IdOf(s, customers, tenant, name));
        return this with { Users = [.. ids.Order(StringComparer.Ordinal)] };
    }

    private static async ValueTask<string> IdOf(ReadTx s, CustomerService customers, string tenant, string name)
    {
        try
        {
            return await customers.IdOf(s, tenant, name);
        }
        catch (Refusal refusal) when (refusal.Error == CustomerErrors.NotFound)
        {
            throw Refusal.Field("users", "accounts.field.no_such_user", name.Length > 80 ? name[..80] : name);
        }
    }

    /// <summary>As a form has it: <c>user</c> for each that is ticked, or <c>all</c> with the list's filter.</summary>
    public static CustomerChoice Read(IFormCollection form) => form["all"] == "1"
        ? new(null, SearchTerm.Of(form["q"]), Customer.States.Contains(form["state"].ToString()) ? form["state"].ToString() : null)
        : new([.. form["user"].OfType<string>().Distinct().Take(CustomerBulk.MaxLetters)]);
}
