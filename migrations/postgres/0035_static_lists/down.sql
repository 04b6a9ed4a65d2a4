DROP TABLE static_list_cards;
DROP TABLE static_lists;
